package eu.sermas.bus.packet;

/// What values take of the heap, in bytes. Limits on what is held count with it, so it says rather
/// too much than too little: headers as of a JVM without compact ones, references compressed.
final class Cost {

    /// An array of bytes without what is in it, and a string without its characters.
    static final int ARRAY = 24;

    static final int STRING = 24 + ARRAY;

    /// A string that is referred to by an array of others.
    static final int STRING_IN_ARRAY = STRING + 4;

    /// What the garbage collector G1 hands out at a time, at most: objects of more than half of it
    /// get whole ones, and what they do not fill stays empty.
    private static final long REGION = regionOf(Runtime.getRuntime().maxMemory());

    private static final long SMALLEST_REGION = 1024 * 1024;
    private static final long LARGEST_REGION = 32 * SMALLEST_REGION;
    private static final int REGIONS = 2048;

    private static final int NUMBER = 24;
    private static final int PAIR = 24;
    private static final char LAST_OF_ONE_BYTE = 0xFF;

    private Cost() {}

    private static long regionOf(long heap) {
        long region = SMALLEST_REGION;
        while (region < LARGEST_REGION && region * REGIONS < heap) {
            region *= 2;
        }
        return region;
    }

    /// An array of so many bytes.
    static long array(int length) {
        long bytes = ARRAY + (long) length;
        return bytes <= REGION / 2 ? bytes : (bytes + REGION - 1) / REGION * REGION;
    }

    /// The characters of a text: one byte each, or two where there is one that needs two.
    static long characters(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > LAST_OF_ONE_BYTE) {
                return 2L * text.length();
            }
        }
        return text.length();
    }

    /// A value of [Properties].
    static long of(Object value) {
        return switch (value) {
            case String text -> STRING + characters(text);
            case byte[] bytes -> array(bytes.length);
            case UserProperty(String name, String text) ->
                    PAIR + 2L * STRING + characters(name) + characters(text);
            default -> NUMBER;
        };
    }
}
