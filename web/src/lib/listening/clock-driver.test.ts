import { describe, expect, it } from 'vitest';
import { ClockDriver } from './clock-driver';
import { SimulatedTime } from './simulation/time';

function driven() {
  const time = new SimulatedTime();
  const world = { online: true, aheadMs: 0, asked: 0, answerMs: 4, changes: 0 };
  const wait = (durationMs: number) => new Promise<void>((resolve) => time.after(durationMs, resolve));
  const driver = new ClockDriver({
    time,
    ask: async () => {
      world.asked += 1;
      if (!world.online) throw new Error('not connected');
      await wait(world.answerMs / 2);
      const us = Math.round((time.trueMs + world.aheadMs) * 1000);
      await wait(world.answerMs / 2);
      return { received_us: us, sent_us: us };
    },
    onChange: () => {
      world.changes += 1;
    }
  });
  const errorMs = () => (driver.model.serverAt(time.now()) ?? NaN) - (time.trueMs + world.aheadMs);
  return { time, world, driver, errorMs };
}

describe('asking the clock', () => {
  it('knows the time after the first answer and asks a burst, then a burst each 10 s', async () => {
    const { time, world, driver, errorMs } = driven();
    driver.start();
    await time.advance(10);
    expect(driver.model.ready).toBe(true);
    expect(world.changes).toBe(1);
    await time.advance(1_000);
    expect(world.asked).toBe(12);
    expect(Math.abs(errorMs())).toBeLessThan(0.1);
    await time.advance(60_000);
    expect(world.asked).toBeGreaterThan(12 + 5 * 8 - 1);
    expect(world.asked).toBeLessThan(12 + 7 * 8);
  });

  it('says when the server falls silent and when it answers again', async () => {
    const { time, world, driver } = driven();
    driver.start();
    await time.advance(1_000);
    world.online = false;
    await time.advance(15_000);
    expect(driver.silent).toBe(true);
    const changes = world.changes;
    world.online = true;
    driver.probeNow();
    await time.advance(20);
    expect(driver.silent).toBe(false);
    expect(world.changes).toBe(changes + 1);
  });

  it('does not hammer a server that does not answer', async () => {
    const { time, world, driver } = driven();
    world.online = false;
    driver.start();
    await time.advance(60_000);
    expect(world.asked).toBeLessThan(30);
  });

  it('gives up an answer that never comes', async () => {
    const { time, world, driver } = driven();
    world.answerMs = 1e9;
    driver.start();
    await time.advance(8_000);
    expect(driver.silent).toBe(true);
    expect(driver.model.ready).toBe(false);
  });

  it('notices sleep by the two clocks of the device parting, and asks anew', async () => {
    const { time, world, driver, errorMs } = driven();
    driver.start();
    await time.advance(2_000);
    expect(driver.watch()).toBe(false);
    await time.advance(125);
    expect(driver.watch()).toBe(false);
    time.sleep(3_600_000);
    expect(driver.watch()).toBe(true);
    const asked = world.asked;
    await time.advance(400);
    expect(world.asked).toBeGreaterThan(asked);
    expect(Math.abs(errorMs())).toBeLessThan(1);
    expect(driver.model.restartCount).toBe(1);
  });

  it('keeps its estimate when only the wall clock of the device was set', async () => {
    const { time, driver, errorMs } = driven();
    driver.start();
    await time.advance(2_000);
    driver.watch();
    time.setWall(-7_200_000);
    expect(driver.watch()).toBe(true);
    await time.advance(1_000);
    expect(driver.model.restartCount).toBe(0);
    expect(Math.abs(errorMs())).toBeLessThan(0.1);
  });

  it('asks nothing after it was stopped', async () => {
    const { time, world, driver } = driven();
    driver.start();
    await time.advance(120);
    driver.stop();
    const asked = world.asked;
    await time.advance(60_000);
    expect(world.asked).toBe(asked);
    expect(time.timerCount).toBe(0);
  });
});
