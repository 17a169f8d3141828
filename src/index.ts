import { kernelHint } from './lab/kernelHint';
import { provideKernelWheel } from './lab/kernelWheel';
import { appManager, comms, panels } from './lab/plugin';
import { workerUpdate } from './lab/workerUpdate';

export * from './lab/tokens';

// Here, not in a plugin: the kernel's plugin may be activated before any of ours.
provideKernelWheel();

export default [appManager, comms, panels, kernelHint, workerUpdate];
