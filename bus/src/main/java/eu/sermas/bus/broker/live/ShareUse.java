package eu.sermas.bus.broker.live;

/// What one app uses of something that all apps use together, in bytes.
///
/// @param share `messages`, `sessions`, `disk` or `retained`
/// @param used may be some kilobytes more than is held, since each event loop takes it in steps
/// @param guaranteed what nobody else can take, where not more apps are there than have such a part
/// @param usedByAll of all apps
/// @param total what all apps may use
public record ShareUse(String share, long used, long guaranteed, long usedByAll, long total) {}
