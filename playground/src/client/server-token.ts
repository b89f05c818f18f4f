const key = "orrery.token";

function take(): string | undefined {
  const given = /^#(?:.*&)?token=([^&]+)/.exec(location.hash)?.[1];
  try {
    if (given) sessionStorage.setItem(key, decodeURIComponent(given));
    if (given) history.replaceState(null, "", `${location.pathname}${location.search}#/`);
    return sessionStorage.getItem(key) ?? undefined;
  } catch {
    return given && decodeURIComponent(given);
  }
}

/** The token a Node host put into the page's address, moved from there into this tab's session. */
export const token: string | undefined = take();
