// Owns the Spanish texts.
import type { Wording } from '../wording.ts';

const kept =
  'El original se conserva en cuarentena. Aunque elimine este aviso, seguirá estando allí.';

export const es: Wording = {
  locale: 'es-ES',
  labels: {
    from: 'De',
    subject: 'Asunto',
    date: 'Fecha',
    part: 'Parte',
    found: 'Motivo',
    code: 'Código',
  },
  unknown: 'no disponible',
  administrator: 'el administrador de su correo',
  found: 'Qué se ha encontrado:',
  whatToDo: 'Qué puede hacer:',
  inPart: (name) => `, en la parte «${name}»`,
  kinds: {
    replace: {
      mark: 'Bloqueado',
      heading: 'Mensaje bloqueado',
      happened: 'El filtro de correo ha bloqueado un mensaje dirigido a usted.',
      next: (whom) =>
        `Si no esperaba este mensaje, elimine este aviso; no hace falta nada más. Si lo necesita, póngase en contacto con ${whom} e indique este código:`,
      kept,
    },
    hold: {
      mark: 'Retenido',
      heading: 'Mensaje retenido',
      happened: 'Un mensaje dirigido a usted queda retenido hasta que haya sido revisado.',
      next: (whom) =>
        `No tiene que hacer nada: en cuanto se apruebe el mensaje, lo recibirá como de costumbre. Si lo está esperando, póngase en contacto con ${whom} e indique este código:`,
      kept,
    },
  },
  stripped: {
    happened: 'El filtro de correo ha retirado una parte de este mensaje.',
    next: (whom) => `Si la necesita, póngase en contacto con ${whom} e indique este código:`,
    kept: 'El mensaje completo se conserva en cuarentena.',
  },
  learn: {
    ham: 'Esto es spam:',
    unsure: '¿Es spam? Dígalo:',
    spam: 'Esto no es spam:',
  },
  release: 'Liberarlo usted mismo:',
  digest: {
    subject: (count) => `Mensajes retenidos: ${count}`,
    heading: 'Mensajes retenidos',
    happened: (count) =>
      count === 1
        ? 'Desde el último resumen, el filtro de correo ha retenido un mensaje dirigido a usted.'
        : `Desde el último resumen, el filtro de correo ha retenido ${count} mensajes dirigidos a usted.`,
    next: (whom) =>
      `Si necesita alguno de ellos, póngase en contacto con ${whom} e indique su código.`,
    otherwise: 'Si no esperaba ninguno, no tiene que hacer nada.',
    more: (count) => `y ${count} más`,
  },
};
