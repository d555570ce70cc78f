import Mocha from 'mocha';

/** So that the tests of files can be looked at before they run, or instead. */
export class LoadedMocha extends Mocha {
  load(): void {
    this.loadFiles();
  }
}
