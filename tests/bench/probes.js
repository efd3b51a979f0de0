// What the page tells the bench of itself; each list is emptied when it is read.
() => {
  window.blocked = [];
  window.answers = [];
  window.frames = [];
  window.heard = {};
  window.tones = 0;
  const each = (type, options, take) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, ...options });
  each('longtask', {}, (one) => window.blocked.push(one.duration));
  each('event', { durationThreshold: 16 }, (one) => one.interactionId && window.answers.push(one.duration));
  const rows = () => document.querySelectorAll('.rows [data-incident]');
  const look = () => rows().forEach((one) => (window.heard[one.dataset.incident] ??= Date.now()));
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
  const LAG_HZ = 330; // the tone of a stage that lags is no incident's
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...given) {
    if (this.frequency.value !== LAG_HZ) window.tones += 1;
    return start.apply(this, given);
  };
  const draw = (at) => {
    window.frames.push(at);
    requestAnimationFrame(draw);
  };
  requestAnimationFrame(draw);
};
