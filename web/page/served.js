// What a page says when it is opened from a disk: a browser loads no module from there. A classic script, which it runs.

for (const text of document.querySelectorAll('[data-part=from-disk]')) text.hidden = location.protocol !== 'file:';
