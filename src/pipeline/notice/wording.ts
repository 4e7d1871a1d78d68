// Owns which words a language has to have. The words themselves are in languages/, one file for each.
/** `hold`: kept until somebody has looked at it. `replace`: blocked. */
export type NoticeKind = 'replace' | 'hold';

export interface KindWording {
  /** In brackets before the subject. */
  readonly mark: string;
  readonly heading: string;
  readonly happened: string;
  /** Ends in a colon; the code follows. */
  readonly next: (whom: string) => string;
  readonly kept: string;
}

/** Words of the link behind which a reader says what a message is; by what it was judged to be. */
export interface LearnWording {
  readonly ham: string;
  readonly unsure: string;
  readonly spam: string;
}

export interface Wording {
  /** For dates. */
  readonly locale: string;
  readonly labels: {
    readonly from: string;
    readonly subject: string;
    readonly date: string;
    readonly part: string;
    readonly found: string;
    readonly code: string;
  };
  /** In place of a sender, a subject or a date that is not there. */
  readonly unknown: string;
  /** Whom to ask when the configuration names nobody; in the case that `next` needs. */
  readonly administrator: string;
  /** Headings of the plain text, with their colons. */
  readonly found: string;
  readonly whatToDo: string;
  /** Follows the name of a finding. */
  readonly inPart: (name: string) => string;
  readonly kinds: Readonly<Record<NoticeKind, KindWording>>;
  readonly stripped: {
    readonly happened: string;
    readonly next: (whom: string) => string;
    readonly kept: string;
  };
  readonly learn: LearnWording;
  /** Before the link with which a reader releases a message; with a colon. */
  readonly release: string;
  readonly digest: {
    readonly subject: (count: number) => string;
    readonly heading: string;
    readonly happened: (count: number) => string;
    readonly next: (whom: string) => string;
    readonly otherwise: string;
    readonly more: (count: number) => string;
  };
}
