import { kernelHint } from './lab/kernelHint';
import { provideKernelWheel } from './lab/kernelWheel';
import { panels } from './lab/plugin';
import { workerUpdate } from './lab/workerUpdate';

// Here, not in a plugin: the kernel's plugin may be activated before any of ours.
provideKernelWheel();

export default [panels, kernelHint, workerUpdate];
