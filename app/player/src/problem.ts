// What went wrong, in words for people.

/** An error page: a title, what it means, and whether trying again can help. */
export class Problem extends Error {
  constructor(
    readonly title: string,
    readonly detail: string,
    readonly canRetry = true,
  ) {
    super(`${title}: ${detail}`);
  }
}

/** The request was given up because nobody waits for it any more. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

export const endsEarly = (): Problem =>
  new Problem(
    'The clip ends early',
    'The file on the server is shorter than its index says. It may not have been copied completely.',
  );

export const isDamaged = (what: string): Problem =>
  new Problem('The clip cannot be played', `The player's decoder says: ${what}.`, false);

/** What a clip needs whose codec this player does not have; null for other words of the decoder. */
export function needsOtherPlayer(words: string): Problem | null {
  const codec = /does not know the codec "([^"]*)"/.exec(words)?.[1];
  return codec === undefined
    ? null
    : new Problem(
        'This page cannot play the clip',
        `It is coded with ${codec.trim()}, which this player does not have. Open it in Volpress, ` +
          'or encode the frames with dualgs, hifi4g, v3 or intra and export them again.',
        false,
      );
}
