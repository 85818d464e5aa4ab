import { describe } from 'vitest';
import { expectCaught } from './expect-caught.ts';
import { frontEnd } from './mutations/front-end.ts';
import { languageRoom } from './mutations/language.ts';
import { passRoom } from './mutations/passes.ts';

describe('a fault of the compiler is caught', () => expectCaught(languageRoom, frontEnd, passRoom));
