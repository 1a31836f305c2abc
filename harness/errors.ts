import { errorTable } from '../foundation/index.ts';

/** Errors of `harness/`; every code has a section in `docs/errors/harness.md`. */
export const harnessErrors = errorTable({
  HARNESS_CHECK_FAILED: {
    blame: 'product',
    summary: 'a check of the scenario does not hold',
    remedy: 'compare what was expected with what was got; the console log shows what led to it',
  },
  HARNESS_ASSERTION_FAILED: {
    blame: 'product',
    summary: 'an assertion of the scenario does not hold',
    remedy: 'compare what was expected with what was got; the console log shows what led to it',
  },
  HARNESS_SCENARIO_TIMEOUT: {
    blame: 'product',
    summary: 'the scenario did not end in time, with machines running and the host at ease',
    remedy: 'look at the step and the end of the console; if the host is only slow, raise --timeout-scale',
  },
  HARNESS_SCENARIO_STALLED: {
    blame: 'host',
    summary: 'the scenario did not end in time on a host under strain',
    remedy: 'run fewer at once (--jobs 1), free the host, or raise --timeout-scale',
  },
  HARNESS_SCENARIO_HUNG: {
    blame: 'harness',
    summary: 'the scenario did not end in time and no machine had been started',
    remedy: 'the scenario waits for something that never comes: look at the step that is named',
  },
  HARNESS_SCENARIO_THREW: {
    blame: 'harness',
    summary: 'the scenario threw an error that says nothing about the product',
    remedy: 'mend the scenario; if the product is to blame, say so with bench.check or node:assert',
  },
  HARNESS_STRAY_ERROR: {
    blame: 'harness',
    summary: 'a promise or callback of the scenario failed where nobody waited for it',
    remedy: 'await every promise of the scenario, and handle errors in its callbacks',
  },
  HARNESS_CLEANUP_FAILED: {
    blame: 'harness',
    summary: 'cleaning up after the scenario failed',
    remedy: 'look at what the clean-up wanted to do; something of the scenario may be left behind',
  },
  HARNESS_MACHINES_MISSING: {
    blame: 'harness',
    summary: 'this run was started without emulated machines',
    remedy: 'give runScenarios a machine factory',
  },
  HARNESS_INTERRUPTED: {
    blame: 'host',
    summary: 'the run was interrupted',
    remedy: 'run it again; nothing of it is left running',
  },
  HARNESS_MEMORY_SHORT: {
    blame: 'host',
    summary: 'the host has too little free memory for the scenario',
    remedy: 'free memory, or run on a larger host; `assay doctor` shows what is free',
  },
  HARNESS_ARTIFACT_MISSING: {
    blame: 'harness',
    summary: 'a scenario declared an artifact that is not there',
    remedy: 'write the file before bench.artifact names it',
  },
  HARNESS_SCENARIO_INVALID: {
    blame: 'usage',
    summary: 'a scenario is declared wrongly',
    remedy: 'names are words in lower case joined by hyphens, such as damaged-root-recovers, each used once',
  },
  HARNESS_SCENARIO_FILE_FAILED: {
    blame: 'usage',
    summary: 'a scenario file cannot be loaded',
    remedy: 'mend the file; ASSAY_DEBUG=1 prints the stack',
  },
  HARNESS_SCENARIOS_NOT_FOUND: {
    blame: 'usage',
    summary: 'there are no scenarios',
    remedy: 'stand in a folder that has scenarios/*.ts, or name files or a folder with --scenarios',
  },
  HARNESS_NAME_UNKNOWN: {
    blame: 'usage',
    summary: 'no scenario has this name',
    remedy: '`assay list` shows the names',
  },
  HARNESS_NOTHING_SELECTED: {
    blame: 'usage',
    summary: 'the filters leave no scenario',
    remedy: '`assay list` takes the same filters and shows what they leave',
  },
  HARNESS_RUN_UNKNOWN: {
    blame: 'usage',
    summary: 'there is no such run',
    remedy:
      '`ls .assay/runs` shows the runs of this folder; a run folder that lies elsewhere is named by its path',
  },
  HARNESS_RUN_LIVE: {
    blame: 'usage',
    summary: 'the run still goes on',
    remedy: 'wait for its end; `assay report show` shows how far it is',
  },
  HARNESS_NOT_RERUNNABLE: {
    blame: 'usage',
    summary: 'a scenario of the run cannot be run again by what the run has recorded',
    remedy: 'run it by its name: `assay run NAME --seed SEED`; `assay report show` says the seed',
  },
  HARNESS_NOTHING_KEPT: {
    blame: 'usage',
    summary: 'there are no disks to be opened',
    remedy: 'disks are kept of scenarios that fail or error, and of all with --keep: run it again',
  },
  HARNESS_NOTHING_RECORDED: {
    blame: 'usage',
    summary: 'there is no recording that could be replayed',
    remedy: 'run it with --record: `assay run NAME --record`, `assay rerun RUN --record`',
  },
  HARNESS_DISK_CHANGED: {
    blame: 'usage',
    summary: 'a disk is not as it was when the scenario ended',
    remedy: 'run it again: `assay rerun`; another machine, or a build, has written to the file since',
  },
  HARNESS_USAGE: {
    blame: 'usage',
    summary: 'the command line cannot be understood',
    remedy: '--help after a command shows its options with examples',
  },
  HARNESS_INIT_WOULD_OVERWRITE: {
    blame: 'usage',
    summary: 'files that would be made are there already',
    remedy: 'name a new folder, or move those files away; nothing was written',
  },
  HARNESS_FOLDER_UNUSABLE: {
    blame: 'host',
    summary: 'a folder cannot be used',
    remedy: 'see who owns it and whether it can be written; --out names another run folder',
  },
  HARNESS_RUNTIME_FOLDER_FOREIGN: {
    blame: 'host',
    summary: 'the folder for sockets belongs to somebody else',
    remedy: 'set XDG_RUNTIME_DIR to a folder of your own that only you can enter (mode 0700)',
  },
  HARNESS_FAULT_UNPROVED: {
    blame: 'harness',
    summary: 'a fault was injected without proof that it happened',
    remedy: 'inject it through harness/faults, or say what shows it',
  },
  HARNESS_CONSOLE_UNKNOWN: {
    blame: 'usage',
    summary: 'there is no such running machine',
    remedy: '`assay console` lists the machines that run now',
  },
  HARNESS_APPLIANCE_OFF: {
    blame: 'harness',
    summary: 'the appliance is off',
    remedy: 'power it on first: `await unit.start()`',
  },
  HARNESS_APPLIANCE_FAILED: {
    blame: 'product',
    summary: 'the appliance says that it has failed',
    remedy: 'read what it says; the lines before it on the console show what led to it',
  },
  HARNESS_APPLIANCE_STARVED: {
    blame: 'host',
    summary: 'the appliance says that it has failed, on a host that starved it',
    remedy: 'run fewer at once (--jobs 1), free the host, or raise --timeout-scale',
  },
  HARNESS_APPLIANCE_ANSWER: {
    blame: 'product',
    summary: 'the appliance refused a request',
    remedy: 'read its answer; its console may say more',
  },
  HARNESS_READY_UNTRUE: {
    blame: 'product',
    summary: 'the appliance says that it is ready and is not',
    remedy: 'compare what its page and its data base answer with what its ready line said',
  },
  HARNESS_DEFECT: {
    blame: 'harness',
    summary: 'Assay failed in a way that it does not know',
    remedy: 'report it with the stack that ASSAY_DEBUG=1 prints',
  },
});
