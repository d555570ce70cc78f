import Mocha from 'mocha';

/** So that the tests of files can be looked at before they run, or instead. */
export class LoadedMocha extends Mocha {
  /** Adds the tests of files as the environment is now, though this process may have loaded them before. */
  load(paths: readonly string[]): void {
    for (const path of paths) {
      Reflect.deleteProperty(require.cache, path);
      this.addFile(path);
    }
    this.loadFiles();
  }

  /** All that are loaded, in the order in which they would run. */
  tests(): readonly Mocha.Test[] {
    const tests: Mocha.Test[] = [];
    this.suite.eachTest((test) => tests.push(test));
    return tests;
  }
}
