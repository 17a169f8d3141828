import { kernelHint } from './hint';
import { panels } from './panel/plugin';
import { workerUpdate } from './update';
import { provideKernelWheel } from './wheel';

// Here, not in a plugin: the kernel's plugin may be activated before any of ours.
provideKernelWheel();

export default [panels, kernelHint, workerUpdate];
