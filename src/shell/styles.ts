/** The styles of what the shell adds to its page; the page itself has those of its start. */

export const STYLES = `
body { display: flex; flex-direction: column; height: 100vh; height: 100dvh; }
#frame { flex: 1; min-height: 0; width: 100%; border: 0; }
#screen { position: fixed; inset: 0; z-index: 1; overflow: auto; background: Canvas; }
#screen[hidden], #bar[hidden], #light[hidden] { display: none; }
#progress { height: 4px; margin: 1rem 0 .5rem; border-radius: 2px; overflow: hidden;
  background: color-mix(in srgb, currentColor 15%, transparent); }
#progress div { height: 100%; width: 0; background: var(--accent); transition: width .2s; }
#progress.busy div { animation: busy 1.2s ease-in-out infinite alternate; }
@keyframes busy { to { opacity: .35; } }
#bytes { min-height: 1.5em; font-variant-numeric: tabular-nums; opacity: .75; }
#screen pre { overflow: auto; max-height: 50vh; padding: .75rem; font-size: .8rem;
  border-radius: 4px; background: color-mix(in srgb, currentColor 8%, transparent); }
#start.ended > :not(h1) { display: none; }
#screen p { overflow-wrap: anywhere; }
#screen section:focus { outline: none; }
button, .button { font: inherit; padding: .3rem .9rem; border: 1px solid; border-radius: 4px;
  color: inherit; background: none; cursor: pointer; }
.button { display: inline-block; text-decoration: none; }
button:hover, .button:hover { background: color-mix(in srgb, currentColor 10%, transparent); }
button:focus-visible, a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
#bar { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem 1rem;
  padding: .25rem 1rem; font-size: .875rem;
  background: color-mix(in srgb, var(--accent) 15%, Canvas); }
#bar a { color: inherit; }
#bar .close { margin-left: auto; border: 0; padding: .3rem .6rem; }
#light { position: fixed; right: 1rem; bottom: 1rem; z-index: 1; padding: .3rem .9rem;
  border-radius: 1rem; font-size: .875rem; color: Canvas; background: CanvasText; }
@media (prefers-reduced-motion: reduce) {
  #progress div, #progress.busy div { transition: none; animation: none; }
}
@media print {
  #bar, #light, #screen { display: none; }
  body { display: block; height: auto; }
}
`;
