
'use strict';
(() => {
  const form = document.getElementById('filters');
  const rows = Array.from(document.querySelectorAll('.row'));
  const count = document.getElementById('count');
  const texts = rows.map(row => row.textContent.toLowerCase());

  const apply = () => {
    const wanted = new FormData(form);
    const statuses = new Set(wanted.getAll('status'));
    const severity = Number(wanted.get('severity'));
    const image = wanted.get('image');
    const words = wanted.get('text').toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, i) => {
      row.hidden = !(statuses.has(row.dataset.status)
        && Number(row.dataset.severity) >= severity
        && (image === '' || row.dataset.image === image)
        && words.every(word => texts[i].includes(word)));
      shown += row.hidden ? 0 : 1;
    });
    count.textContent = `${shown} of ${rows.length} rows.`;
  };

  const step = by => {
    const visible = rows.filter(row => !row.hidden).map(row => row.firstElementChild);
    const at = visible.indexOf(document.activeElement);
    const next = visible[at < 0 ? (by > 0 ? 0 : visible.length - 1) : at + by];
    if (next) { next.focus(); }
  };

  form.addEventListener('input', apply);
  form.addEventListener('submit', event => event.preventDefault());
  form.addEventListener('reset', () => setTimeout(apply));
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.altKey || event.metaKey) { return; }
    const typing = event.target.matches('input[type=search], select');
    if (event.key === 'Escape') {
      form.reset();
      apply();
      document.activeElement.blur();
    } else if (!typing && event.key === '/') {
      event.preventDefault();
      form.elements.text.focus();
    } else if (!typing && (event.key === 'j' || event.key === 'k')) {
      step(event.key === 'j' ? 1 : -1);
    }
  });
  addEventListener('beforeprint', () => rows.forEach(row => { row.open = !row.hidden; }));
  apply();
})();
