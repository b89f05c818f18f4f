import { Monitor, Moon, Sun } from "lucide-react";
import { useState } from "react";
import { readTheme, setTheme, type Theme } from "./theme.ts";

const order: Record<Theme, { next: Theme; icon: typeof Sun; name: string }> = {
  system: { next: "light", icon: Monitor, name: "as the system" },
  light: { next: "dark", icon: Sun, name: "light" },
  dark: { next: "system", icon: Moon, name: "dark" },
};

export function ThemeChoice() {
  const [theme, choose] = useState(readTheme);
  const { next, icon: Icon, name } = order[theme];
  return (
    <button
      type="button"
      onClick={() => {
        setTheme(next);
        choose(next);
      }}
      aria-label={`Theme: ${name}. Change to ${order[next].name}`}
      title={`Theme: ${name}`}
      className="flex size-8 items-center justify-center rounded-8 text-muted hover:bg-raised hover:text-fg"
    >
      <Icon aria-hidden className="size-4" strokeWidth={1.75} />
    </button>
  );
}
