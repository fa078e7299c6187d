/**
 * Loaded before each program of the stack: ends it when its parent is gone, however that went. A program that listens
 * for the parent's end itself is left to close in its own way. It is JavaScript, so that a program in JavaScript starts
 * without a loader for TypeScript, which would double the time that Azurite takes.
 */
process.on('disconnect', () => {
  if (process.listenerCount('disconnect') === 1) process.exit();
});

// The parent may have gone while this was still being loaded.
if (process.connected === false) process.exit();

// Listening for the parent's end must not keep a program running that has nothing left to do.
process.channel?.unref();
