import { monitorKernel } from '../kernel/kernelMonitor';
import { hasNotebooks } from '../published/apps';
import { noAppPage } from '../published/pages';
import { servedApps, type IApp } from '../routing/appDirectory';
import { notServedPage } from '../workerPages';
import { Exchange } from './exchange';
import { openChannel, openExchanges } from './openExchanges';

/** The request for an app. */
export interface IAppRequest {
  readonly request: Request;
  /** The browser's id of the page or worker that sent it; empty if unknown. */
  readonly client: string;
  /** The path of the site. */
  readonly base: string;
  readonly app: string;
  /** The URL inside the app. */
  readonly url: URL;
}

/** What to do when the app does not respond. */
export interface IFallback {
  /** No kernel serves the app; `apps` are served. */
  unserved(exchange: Exchange, apps: readonly IApp[]): void;
  /** The kernel that served it is gone. */
  gone(exchange: Exchange): void;
}

/** What to do if the site at `base` does not publish the app, so that only notebooks may serve it. */
export function unpublished(base: string, app: string): IFallback {
  return {
    unserved: (exchange, apps) =>
      exchange.settle(
        hasNotebooks()
          ? notServedPage(app, apps, exchange.waiting())
          : noAppPage(base, app)
      ),
    gone: exchange => exchange.abandon()
  };
}

/** Send a request to the kernel that serves the app, and return its response. */
export async function send(
  { request, client, base, app, url }: IAppRequest,
  fallback: IFallback
): Promise<Response> {
  const kernels = await openChannel(base);
  const running = new Exchange(request, base, url, app, kernels, client);
  const response = running.run();
  openExchanges.add(running);
  void running.ended.then(() => openExchanges.delete(running));
  // Query the locks in parallel, because that takes as long as a response. If the query
  // fails, the exchange still ends with the response or its deadline.
  servedApps(base).then(
    apps => {
      const served = apps.find(({ name }) => name === app);
      if (served === undefined) {
        fallback.unserved(running, apps);
        return;
      }
      monitorKernel(base, app, running.ended, () => fallback.gone(running));
      const terms = served.terms();
      if (terms !== null) {
        running.agree(terms, served.holder);
      }
    },
    () => undefined
  );
  return response;
}
