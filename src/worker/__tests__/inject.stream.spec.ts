import { bytes, turn, watch } from './fakes';
import { navigate, responseOf, TAG } from './injected';

describe('a stream', () => {
  /** Open a page that is streamed step by step. */
  async function open() {
    const log: string[] = [];
    let controller!: ReadableStreamDefaultController<Uint8Array>;
    const source = new ReadableStream<Uint8Array>(
      {
        start: given => {
          controller = given;
        },
        pull: () => {
          log.push('pull');
        },
        cancel: reason => {
          log.push(`cancel: ${String(reason)}`);
        }
      },
      { highWaterMark: 0 }
    );
    const response = await navigate(responseOf({ body: source }));
    const reader = response.body!.getReader();
    const read = async () => {
      const { done, value } = await reader.read();
      return done ? null : new TextDecoder().decode(value);
    };
    const send = (text: string) => controller.enqueue(bytes(text));
    return { log, controller, reader, read, send };
  }

  it('is passed on as it arrives', async () => {
    const { controller, read, send } = await open();
    const first = read();
    send('<!doctype html><head>');
    expect(await first).toBe('<!doctype html><head>');
    expect(await read()).toBe(TAG);
    const second = read();
    const isSecond = watch(second);
    await turn();
    expect(isSecond()).toBe(false);
    send('<title>');
    expect(await second).toBe('<title>');
    send('a');
    controller.close();
    expect(await read()).toBe('a');
    expect(await read()).toBeNull();
  });

  it('is read further while everything is held back', async () => {
    const { read, send } = await open();
    const first = read();
    send('<');
    await turn();
    send('head>');
    expect(await first).toBe('<head>');
    expect(await read()).toBe(TAG);
  });

  it('gets the script at its end at the latest', async () => {
    const { controller, read } = await open();
    const first = read();
    controller.close();
    expect(await first).toBe(TAG);
    expect(await read()).toBeNull();
  });

  it('is read only on demand', async () => {
    const { log, read, send } = await open();
    await turn();
    expect(log).toEqual([]);
    const first = read();
    await turn();
    expect(log).toEqual(['pull']);
    send('<p>');
    expect(await first).toBe(TAG);
    expect(await read()).toBe('<p>');
    await turn();
    expect(log).toEqual(['pull']);
  });

  it('is cancelled when its reader leaves', async () => {
    const { log, reader, read } = await open();
    const first = read();
    await reader.cancel('enough');
    expect(await first).toBeNull();
    await turn();
    expect(log).toEqual(['pull', 'cancel: enough']);
  });

  it('fails if the app fails', async () => {
    const { controller, read, send } = await open();
    const first = read();
    send('<p>');
    await first;
    await read();
    const next = read();
    controller.error(new TypeError('The app failed'));
    await expect(next).rejects.toThrow('The app failed');
  });
});
