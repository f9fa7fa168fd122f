package eu.sermas.bus.broker.live;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A part of something long.
///
/// @param items may be fewer than were asked for, or none, although there are more
/// @param next where to go on, or null at the end
public record Page<T, P>(List<T> items, @Nullable P next) {}
