// Owns whether the text of an element can be seen, as far as its own tag tells. It knows no style sheets:
// newsletters hide with them what is for other screens. Pure.
import type { Tag } from '#plugin-api';
import { areAlike, type Color, toColor } from './color.ts';

export interface Look {
  /** By this element or one around it, whatever the colours. */
  readonly isHidden: boolean;
  readonly color: Color | undefined;
  readonly background: Color | undefined;
}

export const plainLook: Look = {
  isHidden: false,
  color: { red: 0, green: 0, blue: 0 },
  background: { red: 255, green: 255, blue: 255 },
};

const longestStyle = 2000;

/** Where there is a style sheet, a class may stand for any colour. */
export function lookWithin(
  { name, attributes }: Tag,
  around: Look,
  styleSheet: 'none' | 'known',
): Look {
  if (attributes.length === 0) return around;
  let { isHidden, color, background } = around;
  if (styleSheet === 'known' && attributes.some(([key]) => key === 'class' || key === 'id')) {
    color = undefined;
    background = undefined;
  }
  for (const [key, value] of attributes) {
    switch (key) {
      case 'hidden':
        isHidden = true;
        break;
      case 'style': {
        const style = declarations(value);
        if (isStyledAway(style)) isHidden = true;
        color = toColor(style.get('color')) ?? color;
        background = backgroundOf(style, background);
        break;
      }
      case 'bgcolor':
        background = toColor(value) ?? background;
        break;
      case 'background':
        // A picture may have any colour.
        background = undefined;
        break;
      case 'color':
        if (name === 'font') color = toColor(value) ?? color;
        break;
      case 'text':
        if (name === 'body') color = toColor(value) ?? color;
        break;
      case 'size':
        if (name === 'font' && value.trim() === '0') isHidden = true;
        break;
    }
  }
  return { isHidden, color, background };
}

/** Letters in the colour of what is behind them are not seen, until another one comes in between. */
export function isUnseen({ isHidden, color, background }: Look): boolean {
  if (isHidden) return true;
  return color !== undefined && background !== undefined && areAlike(color, background);
}

type Style = ReadonlyMap<string, string>;

function declarations(text: string): Style {
  const found = new Map<string, string>();
  for (const declaration of text.slice(0, longestStyle).toLowerCase().split(';')) {
    const colon = declaration.indexOf(':');
    if (colon === -1) continue;
    const value = declaration.slice(colon + 1).replace('!important', '');
    found.set(declaration.slice(0, colon).trim(), value.trim());
  }
  return found;
}

function isStyledAway(style: Style): boolean {
  return (
    style.get('display') === 'none' ||
    style.get('visibility') === 'hidden' ||
    style.get('mso-hide') === 'all' ||
    isAtMost(style.get('opacity'), 0.05) ||
    isTinyFont(style.get('font-size')) ||
    isOutOfSight(style) ||
    (style.get('overflow') === 'hidden' && isCollapsed(style))
  );
}

/** In pixels and points at most 2; `0.1em` and `1%`. */
function isTinyFont(size: string | undefined): boolean {
  if (size === undefined) return false;
  if (/(?:em|rem)$/.test(size)) return isAtMost(size, 0.2);
  return size.endsWith('%') ? isAtMost(size, 10) : isAtMost(size, 2);
}

function isOutOfSight(style: Style): boolean {
  const isMoved = /^(?:absolute|fixed|relative)$/.test(style.get('position') ?? '');
  const places = [
    style.get('text-indent'),
    ...(isMoved ? [style.get('left'), style.get('top')] : []),
  ];
  return places.some((place) => isAtMost(place, -400));
}

function isCollapsed(style: Style): boolean {
  return ['height', 'max-height', 'width', 'max-width'].some((key) => isAtMost(style.get(key), 1));
}

function isAtMost(value: string | undefined, most: number): boolean {
  return value !== undefined && Number.parseFloat(value) <= most;
}

function backgroundOf(style: Style, around: Color | undefined): Color | undefined {
  const written = style.get('background-color') ?? style.get('background');
  if (style.has('background-image') || written?.includes('url(')) return undefined;
  return toColor(written?.split(' ', 1)[0]) ?? around;
}
