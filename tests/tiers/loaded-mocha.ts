import Mocha from 'mocha';

/** Mocha that can list the tests of files before, or without, running them. */
export class LoadedMocha extends Mocha {
  /** Adds the tests of files for the present environment, even if this process has loaded them before. */
  load(paths: readonly string[]): void {
    for (const path of paths) {
      Reflect.deleteProperty(require.cache, path);
      this.addFile(path);
    }
    this.loadFiles();
  }

  /** All loaded tests, in the order in which they would run. */
  tests(): readonly Mocha.Test[] {
    const tests: Mocha.Test[] = [];
    this.suite.eachTest((test) => tests.push(test));
    return tests;
  }
}
