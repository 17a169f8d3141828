import { MainAreaWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  html5Icon,
  IFrame,
  launchIcon,
  refreshIcon,
  ToolbarButton
} from '@jupyterlab/ui-components';

import { Widget } from '@lumino/widgets';

/**
 * A served app beside its notebook: a frame, a button that loads it again and
 * one that opens it in a tab of its own.
 *
 * The frame has the site's origin, without which no service worker would see
 * its requests. It is no boundary: an app may do what its notebook may do.
 */
export class AppPanel extends MainAreaWidget<IFrame> {
  /**
   * @param name - the served app's name, the panel's title
   * @param url - where the app answers
   */
  constructor(name: string, url: string, trans: TranslationBundle) {
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
    this.id = `jupyterlite-asgi-${name}`;
    this.url = url;
    this.title.label = name;
    this.title.caption = url;
    this.title.closable = true;
    this.title.icon = html5Icon;
    content.url = url;
    this._frame.title = name;
    // A tab that the app opens is a page like any other.
    this._frame.sandbox.add('allow-popups-to-escape-sandbox');
    this.toolbar.addItem(
      'reload',
      new ToolbarButton({
        icon: refreshIcon,
        tooltip: trans.__('Load the page again'),
        onClick: () => this.reload()
      })
    );
    this.toolbar.addItem(
      'open-in-tab',
      new ToolbarButton({
        icon: launchIcon,
        tooltip: trans.__('Open in a browser tab'),
        onClick: () => window.open(this._location ?? url, '_blank')
      })
    );
  }

  /** Where the app answers. */
  readonly url: string;

  /** Show a sentence in place of the app, until it is loaded again. */
  tell(sentence: string): void {
    this._clear();
    const notice = new Widget();
    notice.addClass('jp-asgi-Notice');
    notice.node.textContent = sentence;
    this.contentHeader.addWidget(notice);
    // Not `hide()`, after which the layout would spread what is left.
    this.content.addClass('jp-mod-taken');
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
    const [page] = (this._location ?? this.url).split('#', 1);
    this._frame.contentWindow?.location.replace(page!);
  }

  private _clear(): void {
    [...this.contentHeader.widgets].forEach(notice => notice.dispose());
  }

  /** The frame's page, or null if it has left the site. */
  private get _location(): string | null {
    try {
      const href = this._frame.contentWindow?.location.href;
      return href === undefined || href === 'about:blank' ? null : href;
    } catch {
      return null;
    }
  }

  private get _frame(): HTMLIFrameElement {
    return this.content.node.querySelector('iframe')!;
  }
}
