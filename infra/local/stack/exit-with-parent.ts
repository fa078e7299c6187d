/** Loaded before a program that knows nothing of its parent: ends it when the parent is gone, however it went. */
process.on('disconnect', () => process.exit());

// Listening for the parent's end must not keep a program running that has nothing left to do.
process.channel?.unref();
