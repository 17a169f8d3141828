import { kernelHint } from './lab/kernelHint';
import { provideKernelWheel } from './lab/kernelWheel';
import { navigationGuard } from './lab/navigationGuard';
import { appManager, panels } from './lab/plugin';
import { explainBlockedStorage } from './lab/storage';
import { workerUpdate } from './lab/workerUpdate';

export * from './lab/tokens';

// Not in a plugin, because the kernel's plugin may be activated before ours.
provideKernelWheel();

// Not in a plugin, because JupyterLite's own fail then, and ours are not activated.
void explainBlockedStorage();

export default [appManager, panels, kernelHint, navigationGuard, workerUpdate];
