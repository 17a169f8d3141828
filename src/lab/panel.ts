import { MainAreaWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  CommandToolbarButton,
  html5Icon,
  IFrame
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import { Widget } from '@lumino/widgets';

import type { AppEvent } from '../events';
import { COMMANDS, type IApp } from './tokens';

/**
 * A served app beside its notebook: a frame, a button that loads it again and
 * one that opens it in a tab of its own.
 *
 * The frame has the site's origin, without which no service worker would see
 * its requests. It is no boundary: an app may do what its notebook may do.
 */
export class AppPanel extends MainAreaWidget<IFrame> {
  /**
   * @param _app - what the panel shows, and whose events it follows
   * @param commands - where those of the buttons are
   */
  constructor(
    private readonly _app: IApp,
    commands: CommandRegistry,
    private readonly _trans: TranslationBundle
  ) {
    const content = new IFrame({
      referrerPolicy: 'strict-origin-when-cross-origin',
      sandbox: [
        'allow-downloads',
        'allow-forms',
        'allow-modals',
        'allow-popups',
        'allow-same-origin',
        'allow-scripts'
      ]
    });
    super({ content });
    this.addClass('jp-asgi-Panel');
    const { name, url } = _app;
    this.id = `jupyterlite-asgi-${name}`;
    this.title.label = name;
    this.title.caption = url;
    this.title.closable = true;
    this.title.icon = html5Icon;
    content.url = url;
    this._frame.title = name;
    // A tab that the app opens is a page like any other.
    this._frame.sandbox.add('allow-popups-to-escape-sandbox');
    const button = (id: string) =>
      new CommandToolbarButton({ commands, id, args: { url }, label: '' });
    this.toolbar.addItem('reload', button(COMMANDS.reload));
    this.toolbar.addItem('open-in-tab', button(COMMANDS.openInTab));
    _app.changed.connect(this._follow, this);
    if (_app.state === 'taken') {
      this._showTaken();
    }
  }

  /** The URL of the page that the frame shows, or null if it has left the site. */
  get page(): string | null {
    try {
      const href = this._frame.contentWindow?.location.href;
      return href === undefined || href === 'about:blank' ? null : href;
    } catch {
      return null;
    }
  }

  /**
   * Load the page that the frame shows again.
   *
   * By navigation, for Firefox asks before it reloads what a POST brought; and
   * without the fragment, with which it would stay on the page.
   */
  reload(): void {
    this._clear();
    this.content.removeClass('jp-mod-taken');
    const [page] = (this.page ?? this._app.url).split('#', 1);
    this._frame.contentWindow?.location.replace(page!);
  }

  private _follow(_: IApp, { type }: AppEvent): void {
    if (type === 'taken') {
      this._showTaken();
    } else if (type !== 'request-finished') {
      this.reload();
    }
  }

  /** Say in place of the app that its name was taken over, until it is loaded again. */
  private _showTaken(): void {
    this._clear();
    const notice = new Widget();
    notice.addClass('jp-asgi-Notice');
    notice.node.textContent = this._trans.__(
      'Another notebook serves an app under this name: to take it back, serve yours with --replace.'
    );
    this.contentHeader.addWidget(notice);
    // Not `hide()`, after which the layout would spread what is left.
    this.content.addClass('jp-mod-taken');
  }

  private _clear(): void {
    [...this.contentHeader.widgets].forEach(notice => notice.dispose());
  }

  private get _frame(): HTMLIFrameElement {
    return this.content.node.querySelector('iframe')!;
  }
}
