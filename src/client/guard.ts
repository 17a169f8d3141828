/** Do a part of our work; what goes wrong in it must not keep the app's page from working. */
export function attempt(what: string, install: () => void): void {
  try {
    install();
  } catch (error) {
    console.error(
      `jupyterlite-asgi could not do its part for ${what} in this page ` +
        `(${String(error)}): load it again, and if it stays so, say it to the developers.`
    );
  }
}
