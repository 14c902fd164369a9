import type { EventContract } from '@vitrine/contracts/events/define-event.ts';
import { Compile, type Validator } from 'typebox/compile';

const validators = new Map<EventContract, Validator>();

function validatorOf(contract: EventContract): Validator {
  let validator = validators.get(contract);
  if (!validator) {
    validator = Compile(contract.data);
    validators.set(contract, validator);
  }
  return validator;
}

/** Why `data` is not what the contract says, or undefined when it is. Compiled once a contract. */
export function contractFault(contract: EventContract, data: unknown): string | undefined {
  const validator = validatorOf(contract);
  if (validator.Check(data)) return undefined;
  const [error] = validator.Errors(data);
  return `${contract.type} ${error?.instancePath || '/'} ${error?.message}`;
}
