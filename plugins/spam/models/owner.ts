// Owns whose model is meant: that of one account, or the one that all have in common.

/** By the names that the quarantine uses too. */
export interface Owner {
  readonly user: string;
  readonly host: string;
}

/** No login name is empty. */
export const everybody: Owner = Object.freeze({ user: '', host: '' });

export function ownerOf({
  user,
  upstreamHost,
}: {
  readonly user: string;
  readonly upstreamHost: string;
}): Owner {
  return { user, host: upstreamHost };
}

export function keyOf({ user, host }: Owner): string {
  return `${host}\0${user}`;
}

/** Accounts of one domain are easily made by one person. */
export function domainOf({ user, host }: Owner): string {
  const at = user.lastIndexOf('@');
  return (at === -1 ? host : user.slice(at + 1)).toLowerCase();
}
