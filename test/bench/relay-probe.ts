/**
 * Loaded before each program that the relay's bench measures: tells the parent, when asked, what the process has used
 * so far. All threads count, so that garbage collection does.
 */
process.on('message', (message) => {
  if (message !== 'usage') return;
  const { user, system } = process.cpuUsage();
  process.send?.({
    type: 'usage',
    cpuMicroseconds: user + system,
    rssBytes: process.memoryUsage.rss(),
  });
});

process.on('disconnect', () => {
  if (process.listenerCount('disconnect') === 1) process.exit();
});
