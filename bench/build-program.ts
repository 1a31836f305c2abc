/** A process that builds one operating system with the caches of `$XDG_CACHE_HOME`: `build-program.ts RECIPE`. */
import { buildImage } from '../images/index.ts';

await buildImage(process.argv[2]!);
