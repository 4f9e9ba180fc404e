import { createMemoryBus, Exchange } from '../../src/bus/memory.js';
import { busContract } from '../contracts/bus.js';

busContract(async () => {
  const exchange = new Exchange();
  return {
    open: async (origin) => createMemoryBus(exchange, origin),
    alarm: async () => exchange.send({ origin: 'another', hints: null }),
    attachesLater: false,
  };
});
