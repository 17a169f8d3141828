"""The page that asks for a user and a password."""

from __future__ import annotations

import html

#: Looks like the other pages of ours; see `error_pages.py`. The script tells the middleware what
#: was entered, then requests the page again, which adds nothing to the history.
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Sign in</title>
<style>
  :root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }}
  body {{ margin: 2rem auto; max-width: 40rem; padding: 0 1rem; }}
  h1 {{ font-size: 1.25rem; }}
  label {{ display: block; margin: 1rem 0; max-width: 20rem; }}
  input {{ box-sizing: border-box; display: block; font: inherit; width: 100%; }}
  button {{ font: inherit; }}
</style>
<h1>{title}</h1>
<p role="status">{sentence}</p>
<form>
<label>User <input name="user" autocomplete="username" autofocus></label>
<label>Password <input name="password" type="password" autocomplete="current-password"></label>
<button>Sign in</button> <button type="button">Cancel</button>
</form>
<script>
  const form = document.querySelector('form');
  const [, cancel] = form.querySelectorAll('button');
  async function reply(value) {{
    try {{
      await fetch(location.href, {{
        headers: {{'jupyterlite-asgi-credentials': value}}, cache: 'no-store'
      }});
      {resume};
    }} catch {{
      document.querySelector('[role=status]').textContent =
        'The app cannot be reached: reload this page.';
    }}
  }}
  form.addEventListener('submit', event => {{
    event.preventDefault();
    const pair = `${{form.user.value}}:${{form.password.value}}`;
    const bytes = String.fromCharCode(...new TextEncoder().encode(pair));
    reply(`entered ${{btoa(bytes)}}`);
  }});
  cancel.addEventListener('click', () => reply('cancelled'));
</script>
</html>
"""


#: Repeats the request. The middleware turns the GET of a held request into that request.
_RELOAD = "location.reload()"
_RESUME = "location.replace(location.href.split('#')[0])"


def page(realm: str, *, rejected: bool, held: bool) -> str:
    """Return the page as HTML.

    Args:
        realm: what the app calls the part that it protects (RFC 7617, section 2).
        rejected: whether the app has rejected what was entered before.
        held: whether the middleware holds the request, such as a posted form.
    """
    title = f"Sign in to {realm}" if realm else "Sign in"
    sentence = (
        "The app did not accept this user and password: try again."
        if rejected
        else "The app asks for a user and a password. They are kept until its kernel ends."
    )
    resume = _RESUME if held else _RELOAD
    return _PAGE.format(title=html.escape(title), sentence=sentence, resume=resume)
