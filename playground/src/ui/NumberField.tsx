/** A number from nothing up, as it stands in its field. */
export function NumberField({
  label,
  value,
  onChange,
  most,
  whole,
}: {
  label: string;
  value: string;
  onChange(value: string): void;
  most?: number;
  whole?: boolean;
}) {
  return (
    <label className="flex flex-col gap-1">
      <span className="text-muted">{label}</span>
      <input
        type="number"
        inputMode="decimal"
        min={0}
        max={most}
        step={whole ? 1 : "any"}
        value={value}
        onChange={({ target }) => onChange(target.value)}
        className="h-9 w-36 rounded-8 border border-control bg-surface px-2 text-14 text-fg"
      />
    </label>
  );
}
