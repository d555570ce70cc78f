#!/usr/bin/env node
import { main } from './cli/main';
import { start } from './cli/start';

start(main);
