/** An answer with the votes for it and the sample that gave it first. */
export type Candidate = { ballot: string; votes: number; path: string; text: string };

/** The tally with one vote more. Candidates stay in the order in which their wave lists them, whoever settled first. */
export function counted(tally: readonly Candidate[], vote: Omit<Candidate, "votes">, before: (a: string, b: string) => number): Candidate[] {
  const known = tally.some(({ ballot }) => ballot === vote.ballot);
  if (!known) return [...tally, { ...vote, votes: 1 }];
  return tally.map((candidate) => {
    if (candidate.ballot !== vote.ballot) return candidate;
    const first = before(vote.path, candidate.path) < 0 ? vote : candidate;
    return { ballot: vote.ballot, votes: candidate.votes + 1, path: first.path, text: first.text };
  });
}

/** The leading answer and how far it is ahead of the runner-up. */
export function leadOf(tally: readonly Candidate[]): { leader: Candidate | undefined; lead: number } {
  let leader: Candidate | undefined;
  let second = 0;
  for (const candidate of tally) {
    if (!leader || candidate.votes > leader.votes) {
      second = leader?.votes ?? 0;
      leader = candidate;
    } else second = Math.max(second, candidate.votes);
  }
  return { leader, lead: (leader?.votes ?? 0) - second };
}
