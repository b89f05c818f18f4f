// tsyringe refuses to load without Reflect.getMetadata and reads decorators' types by it. The kernel registers values and decorates nothing, so there are none.
if (!("getMetadata" in Reflect)) Object.assign(Reflect, { getMetadata: () => undefined });
