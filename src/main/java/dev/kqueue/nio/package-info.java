/** The {@code java.nio} provider, its selector and the keys that only this selector takes. */
package dev.kqueue.nio;
