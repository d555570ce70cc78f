import { SdkServices } from '../../runtime/aws/sdk';
import type { AwsServices } from '../../runtime/aws/services';
import type { Listening } from '../../simulator';
import { trackedServices } from '../exactness/tracked';
import type { BeforeCall } from './in-process-services';
import { MemoryStage, type Surroundings } from './stage';

/** The AWS SDK over sockets to the simulator's port. Virtual time waits for every answer. */
export class SocketsStage extends MemoryStage {
  private readonly opened: SdkServices[] = [];
  private listening: Listening | undefined;

  async open(world: Surroundings): Promise<void> {
    this.listening = await world.simulator.listen();
  }

  override services(world: Surroundings, before: BeforeCall): AwsServices {
    const services = new SdkServices(
      {
        region: world.simulator.region,
        endpoint: this.listening!.url,
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
        maxAttempts: 1,
      },
      world.clock,
    );
    this.opened.push(services);
    return heldUp(trackedServices(services, world.clock), before);
  }

  async close(): Promise<void> {
    for (const services of this.opened) services.close();
    await this.listening?.close();
  }
}

function heldUp(services: AwsServices, before: BeforeCall): AwsServices {
  return new Proxy(services, {
    get(of, name) {
      const member: unknown = Reflect.get(of, name, of);
      if (typeof member !== 'function' || name === 'close') return member;
      return async (...given: unknown[]) => {
        await before(name as never, undefined);
        return Reflect.apply(member, of, given) as unknown;
      };
    },
  });
}
