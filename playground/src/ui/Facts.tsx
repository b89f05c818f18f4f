/** Names with what stands for them, one behind the other in a `dl`. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: string])[] }) {
  return facts.map(([name, value]) => (
    <div key={name} className="flex gap-1.5">
      <dt className="text-subtle">{name}</dt>
      <dd>{value}</dd>
    </div>
  ));
}
