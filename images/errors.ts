import { errorTable } from '../foundation/index.ts';

/** Errors of `images/`; every code has a heading in `docs/errors/images.md`. */
export const imagesErrors = errorTable({
  IMAGES_TEXT_INVALID: {
    blame: 'usage',
    summary: 'a text file is not valid YAML',
    remedy: 'correct the line that is named',
  },
  IMAGES_RECIPE_UNKNOWN: {
    blame: 'usage',
    summary: 'there is no recipe of this name',
    remedy: 'take one of the recipes that are listed, or add a file to images/recipes',
  },
  IMAGES_COMPONENT_UNKNOWN: {
    blame: 'usage',
    summary: 'there is no component of this name',
    remedy: 'correct the name, or add the component to the catalogue or to the folder of extra components',
  },
  IMAGES_COMPONENT_TWICE: {
    blame: 'usage',
    summary: 'two components have the same name',
    remedy: 'give the component another name, or remove one of the two files',
  },
  IMAGES_FILE_MISSING: {
    blame: 'usage',
    summary: 'a component names a file that its packages do not have',
    remedy: 'correct the pattern, or add the package that has the file to the component',
  },
  IMAGES_FILE_CONFLICT: {
    blame: 'usage',
    summary: 'two components put different content at the same path',
    remedy: 'leave one of them out, or name the path under `replaces` in the one that is to win',
  },
  IMAGES_LIBRARY_MISSING: {
    blame: 'usage',
    summary: 'a program needs a shared library that no selected component has',
    remedy: 'add the package with the library to the component, or the component that has it to its `needs`',
  },
  IMAGES_MODULE_MISSING: {
    blame: 'usage',
    summary: 'a component wants a kernel module that the selected kernel does not have',
    remedy: 'take another kernel in the recipe (kernel-generic has more drivers), or leave the component out',
  },
  IMAGES_KERNEL_MISSING: {
    blame: 'usage',
    summary: 'the kernel of a recipe is not one',
    remedy: 'name a component that has a `kernel` entry',
  },
  IMAGES_NPM_MISSING: {
    blame: 'host',
    summary: 'an npm package that a component takes its files from is not installed',
    remedy: 'run `npm install` again; in a checkout, ./setup',
  },
  IMAGES_PACKAGE_UNAVAILABLE: {
    blame: 'host',
    summary: 'a Debian package is neither in the cache nor in the archive',
    remedy: 'check the network and the sources of apt, then try again',
  },
  IMAGES_PACKAGE_UNLOCKED: {
    blame: 'usage',
    summary: 'the archive no longer has the locked version of a package',
    remedy: 'renew the lock with `assay build --update-lock`, or build without --locked',
  },
  IMAGES_PACKAGE_DAMAGED: {
    blame: 'host',
    summary: 'a package does not have the hash it should have',
    remedy:
      'try again: the damaged file has been set aside; if it happens again, check the disk and the network',
  },
  IMAGES_MEDIUM_INVALID: {
    blame: 'usage',
    summary: 'a recovery medium cannot be made like this',
    remedy: 'correct the option that is named; nothing was written',
  },
  IMAGES_PROGRAMS_INVALID: {
    blame: 'product',
    summary: 'a program of the core cannot be bundled',
    remedy: 'correct the place that esbuild names',
  },
  IMAGES_RECIPE_UNSUITABLE: {
    blame: 'usage',
    summary: 'a recipe does not make a system of this kind',
    remedy: 'take another recipe, or give this one what is missing; docs/images.md says what recipes hold',
  },
  IMAGES_UPDATE_MISMATCH: {
    blame: 'usage',
    summary: 'an update does not go with the machines that it is for',
    remedy: 'build it with the layout and the key with which their disks were built',
  },
});
