import { createFactory, type Factory, scenario } from 'assay';

/** So much of a set-up file is looked for; the middle of a file is its own, its head may be a format's. */
const needleBytes = 48;

scenario(
  'setup-files-are-gone',
  {
    summary: 'no piece of a set-up file can be found in the raw sectors of a master (M5)',
    tags: ['manufacture', 'forensics'],
  },
  async (bench) => {
    const factory = createFactory(bench);
    const template = await factory.template();
    const master = await factory.master();
    const needles = await piecesOfSetupFiles(factory, template.systemPath);
    bench.check('there are set-up files to look for', needles.length >= 4, true);

    const inTemplate = await bench.step('the template is searched', () =>
      find(factory, template.systemPath, needles),
    );
    bench.check('the search finds every piece on the template', inTemplate.size, needles.length);
    const inMaster = await bench.step('the master is searched', () =>
      find(factory, master.systemPath, needles),
    );
    bench.check('it finds none on the master', [...inMaster], []);
  },
);

async function piecesOfSetupFiles(factory: Factory, path: string): Promise<Buffer[]> {
  await using disk = await factory.inspect(path);
  const setup = await disk.partition('setup');
  // A manifest is a form with a few numbers in it: every archive of the appliance holds the same pieces.
  const isOwn = (path: string) => !path.endsWith('/manifest.json');
  const files = (await setup.tree()).filter(
    ({ kind, path, sizeBytes }) => kind === 'file' && isOwn(path) && sizeBytes! >= needleBytes,
  );
  const contents = await Promise.all(files.map((file) => setup.read(file.path)));
  return contents.map((content) => {
    const start = Math.floor((content.length - needleBytes) / 2);
    return Buffer.from(content.subarray(start, start + needleBytes));
  });
}

/** The places where pieces were found, one text per piece. */
async function find(factory: Factory, path: string, needles: readonly Buffer[]): Promise<Set<string>> {
  await using disk = await factory.inspect(path);
  const finds = await disk.find(needles);
  return new Set(finds.map(({ needle }) => Buffer.from(needle).toString('hex')));
}
