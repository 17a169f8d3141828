/** The functions that the kernel's Python calls through `kernel_script.py`. */

export { ask } from './ask';
export { patchDrives } from './drive';
export { freeLocksOnFailure } from './failure';
export { markOwnRequests } from './ownRequests';
export { pbkdf2 } from './pbkdf2';
export { sendTicks } from './ticks';
