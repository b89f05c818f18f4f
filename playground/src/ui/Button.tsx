import type { ComponentProps } from "react";

const looks = {
  primary: "bg-accent text-on-accent border-transparent hover:opacity-90",
  plain: "bg-surface text-fg border-control hover:bg-raised",
  quiet: "border-transparent text-muted hover:bg-raised hover:text-fg",
} as const;
const sizes = { small: "h-7 px-2 text-13 gap-1.5", normal: "h-9 px-3 text-14 gap-2", large: "h-11 px-5 text-16 gap-2" } as const;

/** Class names of a button, for links that look like one. */
export const buttonClass = (look: keyof typeof looks = "plain", size: keyof typeof sizes = "normal"): string =>
  `inline-flex items-center justify-center whitespace-nowrap rounded-8 border font-medium transition-colors duration-[120ms] disabled:opacity-60 ${looks[look]} ${sizes[size]}`;

export function Button({
  look = "plain",
  size = "normal",
  className = "",
  type = "button",
  ...rest
}: ComponentProps<"button"> & { look?: keyof typeof looks; size?: keyof typeof sizes }) {
  return <button type={type} className={`${buttonClass(look, size)} ${className}`} {...rest} />;
}
