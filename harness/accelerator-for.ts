import { defaultCachePath } from '../foundation/index.ts';
import { buildBenchSystem } from '../images/index.ts';
import { type AcceleratorChoice, chooseAccelerator } from '../vm/index.ts';

/** What --accelerator takes. */
export type AcceleratorWish = 'auto' | AcceleratorChoice['accelerator'];

/**
 * The accelerator for machines: what the user says, else what a probe boot of a small system shows (design 6).
 *
 * @throws errors of `images/` when that system cannot be built.
 */
export async function acceleratorFor(wish: AcceleratorWish): Promise<AcceleratorChoice> {
  if (wish !== 'auto') return { accelerator: wish, reason: 'asked for by --accelerator' };
  return await chooseAccelerator(async () => {
    const { kernelPath, initramfsPath, kernelArguments } = await buildBenchSystem();
    const directBoot = { kernelPath, initramfsPath, kernelArguments: kernelArguments.join(' ') };
    return { directBoot, readyText: 'ASSAY BENCH UP' };
  }, defaultCachePath());
}
