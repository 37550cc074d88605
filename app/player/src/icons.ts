// The player's own icons: strokes on a 24-unit grid.

const icon = (body: string, filled = false): string =>
  `<svg viewBox="0 0 24 24" aria-hidden="true" fill="${filled ? 'currentColor' : 'none'}" ` +
  `stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">` +
  `${body}</svg>`;

export const icons = {
  play: icon('<path d="M8 5.2v13.6a.6.6 0 0 0 .92.5l10.3-6.8a.6.6 0 0 0 0-1L8.92 4.7A.6.6 0 0 0 8 5.2z"/>', true),
  pause: icon('<path d="M8.5 5v14M15.5 5v14" stroke-width="3.2"/>'),
  again: icon('<path d="M5 12a7 7 0 1 0 2.2-5.1L5 9"/><path d="M5 4.5V9h4.5"/>'),
  loop: icon('<path d="M4.5 11V9.5a3 3 0 0 1 3-3h11"/><path d="M16 4l2.7 2.5L16 9"/>' +
    '<path d="M19.5 13v1.5a3 3 0 0 1-3 3h-11"/><path d="M8 20l-2.7-2.5L8 15"/>'),
  sound: icon('<path d="M4.5 9.5v5h3.2l4.3 3.8V5.7L7.7 9.5z"/><path d="M15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a7.8 7.8 0 0 1 0 11"/>'),
  muted: icon('<path d="M4.5 9.5v5h3.2l4.3 3.8V5.7L7.7 9.5z"/><path d="M15.5 9.7l4.6 4.6M20.1 9.7l-4.6 4.6"/>'),
  home: icon('<circle cx="12" cy="12" r="3.1"/><path d="M12 3.8v3M12 17.2v3M3.8 12h3M17.2 12h3"/>'),
  settings: icon('<path d="M4.5 7.5h8M17.5 7.5h2M4.5 16.5h2M11.5 16.5h8"/>' +
    '<circle cx="15" cy="7.5" r="2.3"/><circle cx="9" cy="16.5" r="2.3"/>'),
  larger: icon('<path d="M4.5 9V4.5H9M15 4.5h4.5V9M19.5 15v4.5H15M9 19.5H4.5V15"/>'),
  smaller: icon('<path d="M9 4.5V9H4.5M19.5 9H15V4.5M15 19.5V15h4.5M4.5 15H9v4.5"/>'),
  problem: icon('<path d="M12 4.2 3.6 18.6a.8.8 0 0 0 .7 1.2h15.4a.8.8 0 0 0 .7-1.2z"/>' +
    '<path d="M12 10v4.2M12 16.9v.1"/>'),
};
