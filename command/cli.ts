#!/usr/bin/env node
import { main } from './main';
import { start } from '../runtime/verbs/start';

start(main);
